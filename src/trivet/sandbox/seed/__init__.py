"""What a sandbox begins with: read a seed, name everything wrong with it, settle who and what it describes.

The built-in seed is ``default_seed.toml``, its files come from ``sample_data.py``. People, clients and collections are
made here; what happens to them later is up to ``world/``, and ``exporting.py`` makes a seed of what they have become.
"""

from trivet.sandbox.seed.reading import SeedError, read_seed, seed_id

__all__ = ["SeedError", "read_seed", "seed_id"]
