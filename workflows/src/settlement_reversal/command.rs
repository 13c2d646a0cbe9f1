//! What may be asked: that a settlement is taken back.

use crate::money_adjustment::record::Side;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    Request { side: Side, settlement_id: Uuid },
}
