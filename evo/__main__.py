"""``python -m evo`` is the command ``evogate``."""

from evo.cli.main import main

if __name__ == "__main__":
    main()
