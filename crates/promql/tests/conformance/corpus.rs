//! Queries in files of public projects.
