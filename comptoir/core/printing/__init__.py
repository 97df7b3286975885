"""Paper: fonts, codes as vector paths, PDF/UA through Typst."""
