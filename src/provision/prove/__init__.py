"""What is true of the definitions before they ship. Room: `check`, which needs no server."""
