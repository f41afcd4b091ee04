"""Arrays and tables of other programs: Matlab, HDF5, parquet."""
