//! The kinds of policy there are: what each is told, what it answers, what people may edit.
//!
//! The studio draws its forms from this table and the check of a draft judges by it, so that a typed input, a bracket
//! table and a saved test of one kind always have the same fields. A test holds it against the seeded scripts.

/// A kind of policy (SPEC POL-1).
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    pub kind: &'static str,
    /// Where the rule comes from.
    pub source: &'static str,
    pub input: &'static [Field],
    pub output: &'static [Field],
    pub params: &'static [Param],
}

/// A named value of an input, an output, a bracket row or among the parameters.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    pub name: &'static str,
    pub shape: Shape,
    /// Whether an input may leave it out.
    pub optional: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A whole number.
    Integer {
        unit: Unit,
        min: Option<i64>,
        max: Option<i64>,
    },
    Choice(&'static [&'static str]),
    Boolean,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Count,
    Days,
    Hours,
    Metres,
    Minutes,
    Percent,
    Rupiah,
    Seconds,
}

/// What `params` holds at its top level.
#[derive(Clone, Copy, Debug)]
pub enum Param {
    Value(Field),
    /// An object of values.
    Group {
        name: &'static str,
        fields: &'static [Field],
    },
    Brackets(Brackets),
}

/// A table whose rows are told apart by a rising threshold (SPEC POL-3).
#[derive(Clone, Copy, Debug)]
pub struct Brackets {
    pub name: &'static str,
    pub threshold: Field,
    pub columns: &'static [Field],
    /// The threshold the first row must have, where everything from there on needs a row.
    pub first: Option<i64>,
}

impl Param {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Value(field) => field.name,
            Self::Group { name, .. } => name,
            Self::Brackets(brackets) => brackets.name,
        }
    }
}

const fn number(name: &'static str, unit: Unit, min: Option<i64>, max: Option<i64>) -> Field {
    Field { name, shape: Shape::Integer { unit, min, max }, optional: false }
}

const fn rupiah(name: &'static str) -> Field {
    number(name, Unit::Rupiah, Some(0), None)
}

const fn percent(name: &'static str) -> Field {
    number(name, Unit::Percent, Some(0), Some(100))
}

const fn strikes(name: &'static str) -> Field {
    number(name, Unit::Count, Some(0), None)
}

const fn choice(name: &'static str, choices: &'static [&'static str]) -> Field {
    Field { name, shape: Shape::Choice(choices), optional: false }
}

const fn switch(name: &'static str) -> Field {
    Field { name, shape: Shape::Boolean, optional: false }
}

const fn hours_brackets(columns: &'static [Field]) -> Param {
    Param::Brackets(Brackets { name: "brackets", threshold: number("threshold_hours", Unit::Hours, Some(1), None), columns, first: None })
}

/// May be below zero: after the start. The scripts count that as no lead time.
const LEAD_TIME: Field = number("lead_time_s", Unit::Seconds, None, None);
const DISTANCE: Field = Field { name: "distance_m", shape: Shape::Integer { unit: Unit::Metres, min: Some(0), max: None }, optional: true };
const MODE: Field = choice("mode", &["ONLINE", "OFFLINE_RUMAH_SISWA", "OFFLINE_CUSTOM"]);
const DENDA_BASIS: Field = choice("denda_basis", &["HONORARIUM", "TAGIHAN"]);
const HONORARIUM: Field = rupiah("honorarium_rp");
const TAGIHAN: Field = rupiah("tagihan_rp");
const TRANSPORT: Field = rupiah("transport_rp");

const CHARGE_PCT: Field = percent("charge_pct_siswa");
const HONOR_PCT: Field = percent("honor_pct_tutor");
const DENDA_PCT: Field = percent("substitution_denda_pct");
const STRIKE_ADDED: Field = strikes("strike_added");
const PENALTY: Field = switch("base_penalty_enabled");

const SETTLED: &[Field] = &[rupiah("charge_rp"), rupiah("honor_rp"), rupiah("denda_rp"), strikes("strikes")];
const TRANSPORT_BRACKETS: Param =
    Param::Brackets(Brackets { name: "transport_brackets", threshold: number("threshold_m", Unit::Metres, Some(1), None), columns: &[TRANSPORT], first: None });
/// What holds beyond the last bracket: without it there would be a gap.
const TRANSPORT_BEYOND: Param = Param::Value(rupiah("transport_beyond_rp"));
const SANCTIONS: &[&str] = &["NONE", "WARNING", "FINAL_WARNING", "TERMINATION"];

/// Every kind, in alphabetical order.
pub static KINDS: [Kind; 8] = [
    Kind {
        kind: "cancellation.siswa",
        source: "SPEC CAN-1",
        input: &[LEAD_TIME, TAGIHAN, HONORARIUM],
        output: &[percent("charge_pct"), rupiah("charge_rp"), percent("honor_pct"), rupiah("honor_rp")],
        params: &[hours_brackets(&[CHARGE_PCT, HONOR_PCT])],
    },
    Kind {
        kind: "cancellation.tutor",
        source: "SPEC CAN-1, CAN-3",
        input: &[LEAD_TIME, HONORARIUM, TAGIHAN],
        output: &[percent("denda_pct"), rupiah("denda_rp"), strikes("strikes"), rupiah("honor_rp")],
        params: &[Param::Value(DENDA_BASIS), Param::Value(PENALTY), hours_brackets(&[DENDA_PCT, STRIKE_ADDED])],
    },
    Kind {
        kind: "final_settlement",
        source: "SPEC HR-5",
        input: &[HONORARIUM, TRANSPORT, rupiah("denda_rp"), number("adjustment_rp", Unit::Rupiah, None, None)],
        output: &[rupiah("gross_rp"), rupiah("denda_rp"), number("adjustment_rp", Unit::Rupiah, None, None), rupiah("payable_rp"), rupiah("owed_rp")],
        params: &[Param::Value(switch("shortfall_claimed"))],
    },
    Kind {
        kind: "no_show",
        source: "SPEC SES-7",
        input: &[choice("party", &["SISWA", "TUTOR"]), MODE, HONORARIUM, TAGIHAN, TRANSPORT],
        output: &[rupiah("charge_rp"), rupiah("honor_rp"), TRANSPORT, rupiah("denda_rp"), strikes("strikes")],
        params: &[
            Param::Group { name: "siswa", fields: &[CHARGE_PCT, HONOR_PCT] },
            Param::Group { name: "tutor", fields: &[DENDA_BASIS, PENALTY, DENDA_PCT, STRIKE_ADDED] },
        ],
    },
    Kind {
        kind: "pricing",
        source: "SPEC PRC-4",
        input: &[
            rupiah("matrix_student_rp"),
            rupiah("matrix_tutor_rp"),
            MODE,
            rupiah("mode_surcharge_rp"),
            number("duration_minutes", Unit::Minutes, Some(1), None),
            DISTANCE,
        ],
        output: &[TAGIHAN, HONORARIUM, TRANSPORT],
        params: &[Param::Value(switch("transport_billed_to_siswa")), TRANSPORT_BRACKETS, TRANSPORT_BEYOND],
    },
    Kind {
        kind: "reschedule",
        source: "SPEC SES-8",
        input: &[choice("initiator", &["SISWA", "TUTOR", "ADMIN"]), LEAD_TIME, HONORARIUM, TAGIHAN],
        output: SETTLED,
        params: &[Param::Value(DENDA_BASIS), Param::Value(PENALTY), hours_brackets(&[CHARGE_PCT, HONOR_PCT, DENDA_PCT, STRIKE_ADDED])],
    },
    Kind {
        kind: "strike.sanction",
        source: "SPEC HR-2",
        input: &[strikes("active_strikes")],
        output: &[choice("sanction", SANCTIONS), number("suspension_days", Unit::Days, Some(0), None)],
        params: &[Param::Brackets(Brackets {
            name: "steps",
            threshold: number("threshold_strikes", Unit::Count, Some(1), None),
            columns: &[choice("sanction", SANCTIONS), number("suspension_days", Unit::Days, Some(0), Some(365))],
            first: Some(1),
        })],
    },
    Kind { kind: "transport", source: "SPEC MD-8, PRC-4", input: &[MODE, DISTANCE], output: &[TRANSPORT], params: &[TRANSPORT_BRACKETS, TRANSPORT_BEYOND] },
];

/// The kind of this name.
pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.kind == name)
}
