//! CSV import of master data (SPEC MD-7).
