//! An encrypted, verifiable archive of patient charts.
