"""How much change the images withstand."""
