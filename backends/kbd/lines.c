/* SPDX-License-Identifier: MIT */

#include "backends/kbd/lines.h"

#include <errno.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"

#define WORDS_MAX   6
#define NUMBERS_MAX 3

/* What is left of a line. */
struct words {
	char text[LINE_MAX_LEN + 1];
	char *word[WORDS_MAX];
	unsigned int n;
	unsigned int at;
};

static int split(const char *text, size_t len, struct words *words)
{
	char *rest = words->text, *word;

	if (len > LINE_MAX_LEN || memchr(text, '\0', len))
		return -EINVAL;

	memcpy(words->text, text, len);
	words->text[len] = '\0';
	rest[strcspn(rest, "#\r")] = '\0';
	words->n = words->at = 0;
	while ((word = strsep(&rest, " \t"))) {
		if (!*word)
			continue;
		if (words->n == WORDS_MAX)
			return -EINVAL;
		words->word[words->n++] = word;
	}

	return 0;
}

static const char *next(struct words *words)
{
	return words->at < words->n ? words->word[words->at++] : "";
}

static int take_number(struct words *words, int32_t *value)
{
	const char *word = next(words);
	uint32_t magnitude;
	bool minus = *word == '-';

	if (text_u32(word + minus, &magnitude) < 0 || magnitude > INT32_MAX)
		return -EINVAL;

	*value = minus ? -(int32_t)magnitude : (int32_t)magnitude;
	return 0;
}

/* All that is left, as @min to @max numbers; those not there are 0. */
static int take_numbers(struct words *words, unsigned int min, unsigned int max,
			int32_t value[NUMBERS_MAX])
{
	unsigned int n = words->n - words->at;

	memset(value, 0, NUMBERS_MAX * sizeof(*value));
	if (n < min || n > max)
		return -EINVAL;
	for (unsigned int i = 0; i < n; i++) {
		if (take_number(words, &value[i]) < 0)
			return -EINVAL;
	}

	return 0;
}

static int parse_key(struct words *words, struct line *line)
{
	int32_t code;
	const char *how;

	if (take_number(words, &code) < 0 || code < 0)
		return -EINVAL;
	how = next(words);
	line->event.key.code = code;
	line->event.key.pressed = !strcmp(how, "down");

	return line->event.key.pressed || !strcmp(how, "up") ? 0 : -EINVAL;
}

static int parse_motion(struct words *words, struct line *line)
{
	int32_t value[NUMBERS_MAX];

	if (take_numbers(words, 2, 3, value) < 0)
		return -EINVAL;

	line->event.motion =
		(struct kbd_motion){ value[0], value[1], value[2] };
	return 0;
}

static int parse_down(struct words *words, struct kbd_touch *touch)
{
	int32_t value[NUMBERS_MAX];

	if (take_numbers(words, 2, 2, value) < 0)
		return -EINVAL;

	touch->x = value[0];
	touch->y = value[1];
	return 0;
}

static int parse_up(struct words *words, struct kbd_touch *touch)
{
	int32_t value[NUMBERS_MAX];

	return take_numbers(words, 0, 0, value);
}

static int parse_shape(struct words *words, struct kbd_touch *touch)
{
	int32_t value[NUMBERS_MAX];

	if (take_numbers(words, 2, 2, value) < 0 || value[0] < 0 ||
	    value[1] < 0)
		return -EINVAL;

	touch->major = value[0];
	touch->minor = value[1];
	return 0;
}

static int parse_turn(struct words *words, struct kbd_touch *touch)
{
	int32_t value[NUMBERS_MAX];

	if (take_numbers(words, 1, 1, value) < 0 || value[0] < -180 ||
	    value[0] > 180)
		return -EINVAL;

	touch->degrees = value[0];
	return 0;
}

static const struct {
	const char *word;
	enum kbd_touch_kind kind;
	int (*parse)(struct words *words, struct kbd_touch *touch);
} touches[] = {
	{ "down", KBD_DOWN, parse_down },
	{ "move", KBD_MOVE, parse_down },
	{ "up", KBD_UP, parse_up },
	{ "shape", KBD_SHAPE, parse_shape },
	{ "turn", KBD_ORIENTATION, parse_turn },
};

static int parse_touch(struct words *words, struct line *line)
{
	struct kbd_touch *touch = &line->event.touch;
	int32_t contact;
	const char *what;

	if (take_number(words, &contact) < 0 || contact < 0 ||
	    contact > UINT8_MAX)
		return -EINVAL;
	touch->contact = contact;
	what = next(words);
	for (size_t i = 0; i < ARRAY_SIZE(touches); i++) {
		if (!strcmp(what, touches[i].word)) {
			touch->kind = touches[i].kind;
			return touches[i].parse(words, touch);
		}
	}

	return -EINVAL;
}

static int parse_wait(struct words *words, struct line *line)
{
	return text_u32(next(words), &line->ms) < 0 ? -EINVAL : 0;
}

static int parse_sync(struct words *words, struct line *line)
{
	return 0;
}

static const struct {
	const char *word;
	enum line_kind kind;
	enum kbd_type type;
	int (*parse)(struct words *words, struct line *line);
} lines[] = {
	{ "key", LINE_EVENT, KBD_KEY, parse_key },
	{ "move", LINE_EVENT, KBD_MOTION, parse_motion },
	{ "to", LINE_EVENT, KBD_POSITION, parse_motion },
	{ "touch", LINE_EVENT, KBD_TOUCH, parse_touch },
	{ "sync", LINE_SYNC, 0, parse_sync },
	{ "wait", LINE_WAIT, 0, parse_wait },
};

static int parse_words(struct words *words, struct line *line)
{
	const char *word = next(words);

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		if (!strcmp(word, lines[i].word)) {
			line->kind = lines[i].kind;
			line->event.type = lines[i].type;
			return lines[i].parse(words, line);
		}
	}

	return -EINVAL;
}

int line_parse(const char *text, size_t len, struct line *line)
{
	struct words words;
	int r;

	*line = (struct line){ .kind = LINE_EMPTY };
	r = split(text, len, &words);
	if (r < 0 || words.n == 0)
		return r;
	r = parse_words(&words, line);
	if (r < 0)
		return r;

	return words.at == words.n ? 0 : -EINVAL;
}
