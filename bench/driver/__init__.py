# SPDX-License-Identifier: MIT
"""What the benchmarks share, and each suite of them."""
