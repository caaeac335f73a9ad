"""Steps from one state of the store's tables to the next, run when a store is opened."""
