"""Everything that DESIGN promises, measured: `make bench`."""

from bench import matching, site

if __name__ == "__main__":
    matching.main()
    site.main()
