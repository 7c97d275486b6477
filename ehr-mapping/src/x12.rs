//! X12 interchanges: claims, payments and their acknowledgements.
