//! What a month comes to on paper: documents as people read them. Page, PDF, WhatsApp text and workbook all read them here,
//! so that they cannot differ.

pub mod honorarium;
pub mod tagihan;
