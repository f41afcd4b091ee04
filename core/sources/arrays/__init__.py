"""Files of arrays: IDX, npy, npz, and archives of them."""
