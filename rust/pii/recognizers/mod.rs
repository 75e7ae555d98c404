//! The kinds of PII: a file a family, one line of registration a kind.
//!
//! A recogniser is data (name, severity, where it can start, its shapes, the words that speak for and against
//! it) and, where shapes are not enough, a small function that judges a candidate. It sees one candidate at a
//! time and never the rest of the text, so the engine alone decides about context, boundaries and overlaps.
//! Promise: judging a candidate costs a bounded number of steps.

mod americas;
mod asia;
mod card;
mod central;
mod coordinates;
mod dates;
mod email;
mod europe;
mod germany;
mod iban;
mod ip;
mod nordic;
mod phone;
mod plans;
mod postal;
mod secrets;
mod streets;
mod uk;
mod us;
mod vehicles;
mod wallets;
mod words;

use super::candidate::Candidate;
use super::context::against;
use super::custom;
pub(crate) use coordinates::{canonical_coordinates, is_same_point};
pub(crate) use dates::{MONTH_BEGINNINGS, canonical_date, may_be_dated, month};
pub(crate) use iban::{account_length, is_account};
pub(crate) use ip::is_address;
pub(crate) use phone::national_number;
pub(crate) use streets::{canonical_street, short_forms, street_end};
pub(crate) use wallets::is_wallet;

/// How telling a shape is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Strength {
    /// Says nothing without its own label and a colon right before it.
    Faint,
    /// Says nothing without its own word close by.
    Slight,
    /// Says nothing without words around it.
    Weak,
    /// Needs a passing checksum, or words around it.
    Fair,
    /// Is accepted unless the words around it say that it is something else.
    Strong,
    /// The same, and words that name something else must name it as a number: an order is called in, an order no. is not.
    Complete,
    /// Can be nothing else.
    Certain,
}

/// What a recogniser says about a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) strength: Strength,
    /// Whether its checksum passes; `None` for a kind that has none.
    pub(crate) checksum: Option<bool>,
}

impl Verdict {
    /// A shape of a kind without a checksum.
    pub(crate) const fn shape(strength: Strength) -> Self {
        Self { strength, checksum: None }
    }
    /// A shape of a kind whose checksum was computed.
    pub(crate) const fn checked(strength: Strength, passes: bool) -> Self {
        Self { strength, checksum: Some(passes) }
    }
}

/// A shape in which an identifier is written: `9` a digit, `A` a letter, `X` either, `-` one separator (a
/// space, dash, dot or slash, the same throughout).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) length: u32,
    pub(crate) digits: u64,
    pub(crate) letters: u64,
    pub(crate) gaps: u64,
    pub(crate) strength: Strength,
}

impl Shape {
    /// Compiles `pattern`; at most 40 digits and letters.
    pub(crate) const fn new(pattern: &str, strength: Strength) -> Self {
        let bytes = pattern.as_bytes();
        let mut shape = Self { length: 0, digits: 0, letters: 0, gaps: 0, strength };
        let mut i = 0;
        while i < bytes.len() {
            let bit = 1 << shape.length;
            match bytes[i] {
                b'-' => {
                    shape.gaps |= bit;
                    i += 1;
                    continue;
                }
                b'9' => shape.digits |= bit,
                b'A' => shape.letters |= bit,
                _ => {}
            }
            shape.length += 1;
            i += 1;
        }
        shape
    }
}

/// A byte span: start and end.
pub(crate) type Span = (usize, usize);
/// From a text and the position of an anchor to the span found there.
pub(crate) type FindAt = fn(&[u8], usize) -> Option<Span>;
/// From a text and the start and end of a group to the span found there and what speaks for it. Most groups are none of
/// its kind, so it tells these apart first, by the bytes around the end.
pub(crate) type FindGroup = fn(&[u8], usize, usize) -> Option<(Span, Verdict)>;
/// From a text and a position to the span found there and what speaks for it.
pub(crate) type FindDash = fn(&[u8], usize) -> Option<(Span, Verdict)>;
/// From a text and the start and end of a token to the span found there and what speaks for it.
pub(crate) type FindToken = fn(&[u8], usize, usize) -> Option<(Span, Verdict)>;
/// Judges a run of bytes, whole.
pub(crate) type JudgeRun = fn(&[u8]) -> Option<Verdict>;
/// Judges a candidate.
pub(crate) type JudgeFree = fn(&Candidate) -> Option<Verdict>;
/// Judges a candidate of a known shape.
pub(crate) type JudgeShape = fn(&Candidate, Strength) -> Option<Verdict>;
/// From a text and a match's start and end to the span with what belongs to it.
pub(crate) type Widen = fn(&[u8], usize, usize) -> Span;

/// From a text and a match's start and end to whether what stands before it speaks of the match.
pub(crate) type Belongs = fn(&[u8], usize, usize) -> bool;

/// Kinds, a bit each.
pub(crate) type KindSet = u128;

/// Where and how a recogniser looks; it may look in several ways.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Find {
    /// At each `@`: from the text and its position to the span.
    At(FindAt),
    /// At candidates of one of these shapes; the function looks at the value behind the shape, and makes it no stronger.
    Shapes(&'static [Shape], JudgeShape),
    /// At candidates with one of these numbers of digits and letters (bits), however they are grouped.
    Lengths(u64, JudgeFree),
    /// The same of digits behind three letters at most, and only where words speak for the kind (or the options do
    /// without): for what is weak at best.
    Hinted(u64, JudgeFree),
    /// At runs of hexadecimal digits, colons and dots with a colon in them.
    Colons(JudgeRun),
    /// At runs of 16 letters, digits, dashes and underscores or more, with a digit or an underscore in them: from the text and
    /// the run's start and end to the span, which may reach beyond the run.
    Tokens(FindToken),
    /// At each group of digits and letters that begins with a digit and is no part of a longer word or number: from the
    /// text and the group's start and end to the span.
    Numbers(FindGroup),
    /// The same at each group that begins with a letter and has a digit in it.
    Codes(FindGroup),
    /// At the first of each run of dashes, where there are many.
    Dashes(FindDash),
}

/// What tier a kind belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// Kinds that are precise enough for a penalty.
    Default,
    /// Kinds that are likelier to be innocent.
    Strict,
}

/// How values of a kind compare: what is left of the writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Canonical {
    /// Lower case.
    Lower,
    /// Digits alone.
    Digits,
    /// Digits within the country, as far as its code and trunk prefix can be told.
    Phone,
    /// Letters and digits, upper case.
    Code,
    /// The address's bytes.
    Address,
    /// As written, without case where the encoding has none.
    Wallet,
    /// As written: every character counts.
    Exact,
    /// Year, and day and month in either order.
    Date,
    /// Number, name and kind of the street, nothing abbreviated, and what of region, postal code, unit and town is told.
    Street,
    /// Signed decimal degrees, latitude and longitude.
    Coordinates,
}

/// A kind of PII: data and a small function.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Recognizer {
    /// The name in reports and settings.
    pub(crate) name: &'static str,
    /// Other names that settings may use (Presidio's, mostly).
    pub(crate) aliases: &'static [&'static str],
    /// How bad a leak of it is, in (0, 1].
    pub(crate) severity: f64,
    pub(crate) tier: Tier,
    /// What is accepted, in a sentence.
    pub(crate) accepts: &'static str,
    /// A text in which it is found (invented).
    pub(crate) example: &'static str,
    /// Where its rules are from.
    pub(crate) source: &'static str,
    pub(crate) find: &'static [Find],
    /// Words and pairs of words, lower case, that speak for it: a list with commas.
    pub(crate) context: &'static str,
    /// Words that speak for it only right beside it.
    pub(crate) labels: &'static str,
    /// Groups of words that speak against it: bits of [`super::context::against`].
    pub(crate) against: u32,
    pub(crate) canonical: Canonical,
    /// Whether a value is what the words speak of; `None` if it always is.
    pub(crate) belongs: Option<Belongs>,
    /// Takes in what belongs to a value but is not needed to tell it, such as an extension.
    pub(crate) widen: Option<Widen>,
}

/// What most identifiers have in common.
pub(crate) const BASE: Recognizer = Recognizer {
    name: "",
    aliases: &[],
    severity: 0.8,
    tier: Tier::Default,
    accepts: "",
    example: "",
    source: "",
    find: &[],
    context: "",
    labels: "",
    against: against::ANY,
    canonical: Canonical::Digits,
    belongs: None,
    widen: None,
};

/// Declares the kinds: the enumeration, and the table of recognisers in the same order.
macro_rules! kinds {
    ($($(#[$doc:meta])+ $variant:ident = $recognizer:path),+ $(,)?) => {
        /// A kind of PII.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        #[repr(u8)]
        pub enum Kind {
            $($(#[$doc])+ $variant,)+
            /// A pattern of the user's own, by its place in the rubric: the [`super::Scanner`] knows its name.
            Custom(u8),
        }

        /// The built-in kinds alone, for their places.
        #[repr(u8)]
        enum Place {
            $($variant),+
        }

        impl Kind {
            /// The place in [`Kind::ALL`]; past its end for a pattern.
            const fn number(self) -> usize {
                match self {
                    $(Self::$variant => Place::$variant as usize,)+
                    Self::Custom(_) => usize::MAX,
                }
            }

            /// Every kind, in the order of their numbers.
            pub const ALL: &'static [Kind] = &[$(Kind::$variant),+];
        }

        /// The recogniser of each kind, in the order of [`Kind::ALL`].
        pub(crate) const RECOGNIZERS: &[Recognizer] = &[$($recognizer),+];
        const _: () = assert!(RECOGNIZERS.len() <= KindSet::BITS as usize, "kinds are bits of a set");
    };
}

kinds! {
    /// An e-mail address.
    Email = email::EMAIL,
    /// A telephone number: North American, or of any numbering plan.
    Phone = phone::PHONE,
    /// A United States social security number.
    UsSsn = us::SSN,
    /// A payment card's number.
    CreditCard = card::CREDIT_CARD,
    /// An international bank account number.
    Iban = iban::IBAN,
    /// An IPv4 or IPv6 address.
    IpAddress = ip::IP_ADDRESS,
    /// A network card's address.
    MacAddress = ip::MAC_ADDRESS,
    /// A key or token of a service.
    ApiKey = secrets::API_KEY,
    /// The address of a wallet.
    Crypto = wallets::CRYPTO,
    /// A date of birth, where words say that it is one.
    DateOfBirth = dates::DATE_OF_BIRTH,
    /// A number of a medical record, where words say that it is one.
    MedicalRecord = us::MEDICAL_RECORD,
    /// A United States individual taxpayer identification number.
    UsItin = us::ITIN,
    /// A United States bank's routing number.
    UsRouting = us::ROUTING,
    /// A United States national provider identifier.
    UsNpi = us::NPI,
    /// A United States Medicare beneficiary identifier.
    UsMbi = us::MBI,
    /// A passport's number, where words say that it is one.
    Passport = us::PASSPORT,
    /// A driver's licence, where words say that it is one.
    DriverLicense = us::DRIVER_LICENSE,
    /// An account's number, where words say that it is one.
    BankAccount = us::BANK_ACCOUNT,
    /// A British NHS number.
    UkNhs = uk::NHS,
    /// A British national insurance number.
    UkNino = uk::NINO,
    /// A Canadian social insurance number.
    CaSin = americas::CA_SIN,
    /// A Brazilian taxpayer's number.
    BrCpf = americas::BR_CPF,
    /// A Mexican population registry code.
    MxCurp = americas::MX_CURP,
    /// A Spanish identity number.
    EsNif = europe::ES_NIF,
    /// A Spanish foreigner's identity number.
    EsNie = europe::ES_NIE,
    /// An Italian fiscal code.
    ItFiscalCode = europe::IT_FISCAL_CODE,
    /// A Polish identity number.
    PlPesel = europe::PL_PESEL,
    /// A Finnish identity code.
    FiHetu = europe::FI_HETU,
    /// A Swedish identity number.
    SePersonnummer = europe::SE_PERSONNUMMER,
    /// A German tax identification number.
    DeTaxId = europe::DE_TAX_ID,
    /// A French social security number.
    FrNir = europe::FR_NIR,
    /// A Dutch citizen's number.
    NlBsn = europe::NL_BSN,
    /// An Australian tax file number.
    AuTfn = asia::AU_TFN,
    /// An Australian Medicare number.
    AuMedicare = asia::AU_MEDICARE,
    /// An Australian business number.
    AuAbn = asia::AU_ABN,
    /// An Indian permanent account number.
    InPan = asia::IN_PAN,
    /// An Indian Aadhaar number.
    InAadhaar = asia::IN_AADHAAR,
    /// A Singaporean identity number.
    SgNric = asia::SG_NRIC,
    /// A Korean resident registration number.
    KrRrn = asia::KR_RRN,
    /// A Thai identity number.
    ThTnin = asia::TH_TNIN,
    /// A Turkish identity number.
    TrNationalId = asia::TR_NATIONAL_ID,
    /// A South African identity number.
    ZaId = asia::ZA_ID,
    /// A United States employer identification number.
    UsEin = us::EIN,
    /// A United States prescriber's number of the Drug Enforcement Administration.
    UsDea = us::DEA,
    /// A street address, or a post office box.
    StreetAddress = streets::STREET_ADDRESS,
    /// A postal code, where words say that it is one.
    PostalCode = postal::POSTAL_CODE,
    /// A pair of geographic coordinates.
    GpsCoordinates = coordinates::GPS_COORDINATES,
    /// A URL with a user's name and password in it.
    UrlCredentials = email::URL_CREDENTIALS,
    /// A vehicle's identification number.
    Vin = vehicles::VIN,
    /// A British driving licence's number.
    UkDrivingLicence = uk::DRIVING_LICENCE,
    /// A British taxpayer's reference.
    UkUtr = uk::UTR,
    /// A Brazilian company's number.
    BrCnpj = americas::BR_CNPJ,
    /// A Mexican taxpayer's code.
    MxRfc = americas::MX_RFC,
    /// An Argentine taxpayer's number.
    ArCuit = americas::AR_CUIT,
    /// A Chilean identity number.
    ClRut = americas::CL_RUT,
    /// A Colombian taxpayer's number.
    CoNit = americas::CO_NIT,
    /// A Dominican identity number.
    DoCedula = americas::DO_CEDULA,
    /// An Ecuadorian identity number.
    EcCedula = americas::EC_CEDULA,
    /// A Belgian national number.
    BeNationalNumber = europe::BE_NATIONAL_NUMBER,
    /// A Portuguese taxpayer's number.
    PtNif = europe::PT_NIF,
    /// An Irish personal public service number.
    IePps = europe::IE_PPS,
    /// A Swiss social security number.
    ChAhv = europe::CH_AHV,
    /// An Austrian social insurance number.
    AtSvnr = europe::AT_SVNR,
    /// A Greek social security number.
    GrAmka = europe::GR_AMKA,
    /// An Italian VAT number, which sole traders have too.
    ItVat = europe::IT_VAT,
    /// A German identity card's number.
    DeIdCard = germany::DE_ID_CARD,
    /// A German pension insurance number.
    DeSocialSecurity = germany::DE_SOCIAL_SECURITY,
    /// A German health insurance number.
    DeHealthInsurance = germany::DE_HEALTH_INSURANCE,
    /// A Norwegian birth number.
    NoFodselsnummer = nordic::NO_FODSELSNUMMER,
    /// A Danish person number.
    DkCpr = nordic::DK_CPR,
    /// An Icelandic identity number.
    IsKennitala = nordic::IS_KENNITALA,
    /// A Czech or Slovak birth number.
    CzRodneCislo = central::CZ_RODNE_CISLO,
    /// A Romanian personal code.
    RoCnp = central::RO_CNP,
    /// A Bulgarian civil number.
    BgEgn = central::BG_EGN,
    /// A Hungarian tax identification number.
    HuTaxId = central::HU_TAX_ID,
    /// A Hungarian social security number.
    HuTaj = central::HU_TAJ,
    /// An Estonian personal code.
    EeIsikukood = central::EE_ISIKUKOOD,
    /// A Lithuanian personal code.
    LtAsmensKodas = central::LT_ASMENS_KODAS,
    /// A Latvian personal code.
    LvPersonasKods = central::LV_PERSONAS_KODS,
    /// A Croatian personal number.
    HrOib = central::HR_OIB,
    /// A citizen's number of Slovenia and the other successors of Yugoslavia.
    Jmbg = central::JMBG,
    /// A Ukrainian taxpayer's number.
    UaRnokpp = central::UA_RNOKPP,
    /// A Russian taxpayer's number.
    RuInn = central::RU_INN,
    /// A Russian pension insurance number.
    RuSnils = central::RU_SNILS,
    /// An Australian company number.
    AuAcn = asia::AU_ACN,
    /// A New Zealand taxpayer's number.
    NzIrd = asia::NZ_IRD,
    /// An Indian voter's number.
    InVoter = asia::IN_VOTER,
    /// An Indian goods and services tax number, which holds a PAN.
    InGstin = asia::IN_GSTIN,
    /// A Korean foreigner's registration number.
    KrFrn = asia::KR_FRN,
    /// A Japanese individual number.
    JpMyNumber = asia::JP_MY_NUMBER,
    /// A Chinese resident's number.
    CnResidentId = asia::CN_RESIDENT_ID,
    /// A Taiwanese identity number.
    TwId = asia::TW_ID,
    /// A Hong Kong identity card's number.
    HkId = asia::HK_ID,
    /// A Malaysian identity card's number.
    MyNric = asia::MY_NRIC,
    /// An Indonesian identity number.
    IdNik = asia::ID_NIK,
    /// A Pakistani identity card's number.
    PkCnic = asia::PK_CNIC,
    /// An Israeli identity number.
    IlId = asia::IL_ID,
}

impl Kind {
    pub(crate) fn recognizer(self) -> &'static Recognizer {
        static TABLE: &[Recognizer] = RECOGNIZERS;
        // The table and the enumeration come from one list: what is not in it is a pattern of the user's own.
        TABLE.get(self.number()).unwrap_or(&custom::RECOGNIZER)
    }
    /// The kind's bit in sets; a pattern of the user's own has none.
    pub(crate) const fn bit(self) -> KindSet {
        if self.number() < RECOGNIZERS.len() { 1 << self.number() } else { 0 }
    }
    /// The name in reports and settings: `EMAIL`, `PHONE`, ...; [`super::Scanner::name`] knows those of patterns.
    pub fn name(self) -> &'static str {
        self.recognizer().name
    }
    /// The kind of that name or alias (`EMAIL`, `EMAIL_ADDRESS`), without case.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| {
            let recognizer = kind.recognizer();
            name.eq_ignore_ascii_case(recognizer.name)
                || recognizer.aliases.iter().any(|alias| name.eq_ignore_ascii_case(alias))
        })
    }
    /// How bad a leak of it is, in (0, 1]; [`super::Scanner::severity`] knows that of patterns.
    pub fn severity(self) -> f64 {
        self.recognizer().severity
    }
    /// Other names that settings may use.
    pub fn aliases(self) -> &'static [&'static str] {
        self.recognizer().aliases
    }
    /// The tier it belongs to.
    pub fn tier(self) -> Tier {
        self.recognizer().tier
    }
    /// What is accepted, in a sentence.
    pub fn accepts(self) -> &'static str {
        self.recognizer().accepts
    }
    /// A text in which it is found; the value is invented.
    pub fn example(self) -> &'static str {
        self.recognizer().example
    }
    /// Where its rules are from.
    pub fn source(self) -> &'static str {
        self.recognizer().source
    }
}

/// What is found of one kind in a tier, for the tests of the families.
#[cfg(test)]
fn found<'t>(kind: &str, tier: &str, text: &'t str) -> Vec<&'t str> {
    let options =
        super::Options { tier: tier.into(), kinds: vec![kind.to_owned()], ..super::Options::default() };
    super::Scanner::new(&options).unwrap().scan(text).into_iter().map(|m| &text[m.span]).collect()
}
