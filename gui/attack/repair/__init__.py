"""The least that mends a mistake, beside the least that breaks a right one."""
