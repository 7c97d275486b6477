//! Who and where: identifiers, names, addresses, telecom, references, attachments.

use std::borrow::Cow;
use std::fmt;

use super::{CodeableConcept, Period};
use crate::element::{FieldSpec, Leaf, LeafError, LeafType, Missing, Value, ValueType, element};
use crate::fhir::JsonWriter;
use crate::record::{Kind, RecordId};
use crate::value::{Decimal, Field, PartialDate, Text, code_set};

code_set! {
    /// What an identifier is used for.
    pub enum IdentifierUse in "http://hl7.org/fhir/identifier-use" {
        /// The usual one.
        Usual = "usual",
        /// The official one.
        Official = "official",
        /// A temporary one.
        Temp = "temp",
        /// Given by somebody else.
        Secondary = "secondary",
        /// No longer valid.
        Old = "old",
    }
}

element! {
    /// An identifier that a system or an authority gave.
    pub struct Identifier as "Identifier" {
        /// What it is used for.
        use_: Field<IdentifierUse> => FieldSpec::new("use", "Use");
        /// What kind of identifier it is.
        type_: Field<CodeableConcept> => FieldSpec::new("type", "Type");
        /// Who gave it, as a URI.
        system: Field<Text> => FieldSpec::new("system", "System");
        /// The identifier itself.
        value: Field<Text> => FieldSpec::new("value", "Value");
        /// When it was valid.
        period: Field<Period> => FieldSpec::new("period", "Valid");
        /// Who gave it.
        assigner: Field<Box<Reference>> => FieldSpec::new("assigner", "Assigner");
    }
}

element! {
    /// A pointer at another record, by id or, where that record is not here, by its identifier.
    pub struct Reference as "Reference" {
        /// The record.
        reference: Field<(Kind, RecordId)> => FieldSpec::new("reference", "Record");
        /// The type of the record, when only an identifier is known.
        type_: Field<Text> => FieldSpec::new("type", "Type of record");
        /// The identifier of the record, when it is not here.
        identifier: Field<Box<Identifier>> => FieldSpec::new("identifier", "Identifier of the record");
        /// The name for people.
        display: Field<Text> => FieldSpec::new("display", "Name");
    }
}

impl Reference {
    /// A reference to a record.
    pub fn to(kind: Kind, id: RecordId) -> Self {
        Self {
            reference: Field::Value((kind, id)),
            ..Self::default()
        }
    }

    /// The record, if the reference has one.
    pub fn target(&self) -> Option<(Kind, RecordId)> {
        self.reference.value().copied()
    }
}

code_set! {
    /// What a name is used for.
    pub enum NameUse in "http://hl7.org/fhir/name-use" {
        /// The usual name.
        Usual = "usual",
        /// The official name.
        Official = "official",
        /// A temporary name.
        Temp = "temp",
        /// A nickname.
        Nickname = "nickname",
        /// A name that hides the person.
        Anonymous = "anonymous",
        /// A former name.
        Old = "old",
        /// A name before marriage.
        Maiden = "maiden",
    }
}

element! {
    /// A name of a person.
    pub struct HumanName as "HumanName" {
        /// What it is used for.
        use_: Field<NameUse> => FieldSpec::new("use", "Use");
        /// The whole name.
        text: Field<Text> => FieldSpec::new("text", "Whole name");
        /// The family name.
        family: Field<Text> => FieldSpec::new("family", "Family name").uscdi(&[51]).if_missing(Missing::Absent);
        /// Given names, the first and the middle ones.
        given: Vec<Text> => FieldSpec::new("given", "Given names").uscdi(&[50, 52]);
        /// What stands before the name.
        prefix: Vec<Text> => FieldSpec::new("prefix", "Prefix");
        /// What stands behind the name.
        suffix: Vec<Text> => FieldSpec::new("suffix", "Suffix").uscdi(&[53]);
        /// When it was in use.
        period: Field<Period> => FieldSpec::new("period", "In use");
    }
}

code_set! {
    /// What an address is used for.
    pub enum AddressUse in "http://hl7.org/fhir/address-use" {
        /// At home.
        Home = "home",
        /// At work.
        Work = "work",
        /// A temporary address.
        Temp = "temp",
        /// A former address.
        Old = "old",
        /// For bills.
        Billing = "billing",
    }
}

code_set! {
    /// Whether an address is for visits or for mail.
    pub enum AddressType in "http://hl7.org/fhir/address-type" {
        /// For mail.
        Postal = "postal",
        /// For visits.
        Physical = "physical",
        /// For both.
        Both = "both",
    }
}

element! {
    /// A postal address.
    pub struct Address as "Address" {
        /// What it is used for.
        use_: Field<AddressUse> => FieldSpec::new("use", "Use");
        /// Whether it is for visits or for mail.
        type_: Field<AddressType> => FieldSpec::new("type", "Type");
        /// The whole address.
        text: Field<Text> => FieldSpec::new("text", "Whole address");
        /// Street lines.
        line: Vec<Text> => FieldSpec::new("line", "Street");
        /// The city.
        city: Field<Text> => FieldSpec::new("city", "City");
        /// The county.
        district: Field<Text> => FieldSpec::new("district", "County");
        /// The state.
        state: Field<Text> => FieldSpec::new("state", "State");
        /// The postal code.
        postal_code: Field<Text> => FieldSpec::new("postalCode", "Postal code");
        /// The country.
        country: Field<Text> => FieldSpec::new("country", "Country");
        /// When it was in use.
        period: Field<Period> => FieldSpec::new("period", "In use");
        /// The FIPS or census code of the place.
        census_tract: Field<Text> => FieldSpec::new("censusTract", "Census or FIPS code")
            .extension("http://hl7.org/fhir/StructureDefinition/iso21090-ADXP-censusTract");
        /// Where it lies on the globe.
        geolocation: Field<Geolocation> => FieldSpec::new("geolocation", "Geographic position")
            .extension("http://hl7.org/fhir/StructureDefinition/geolocation");
    }
}

element! {
    /// A position on the globe (WGS84).
    pub struct Geolocation as "" {
        /// Degrees north.
        latitude: Field<Decimal> => FieldSpec::new("latitude", "Latitude").extension("latitude");
        /// Degrees east.
        longitude: Field<Decimal> => FieldSpec::new("longitude", "Longitude").extension("longitude");
    }
}

code_set! {
    /// The means of a contact point.
    pub enum ContactPointSystem in "http://hl7.org/fhir/contact-point-system" {
        /// Telephone.
        Phone = "phone",
        /// Fax.
        Fax = "fax",
        /// E-mail.
        Email = "email",
        /// Pager.
        Pager = "pager",
        /// Web address.
        Url = "url",
        /// Text message.
        Sms = "sms",
        /// Something else.
        Other = "other",
    }
}

code_set! {
    /// What a contact point is used for.
    pub enum ContactPointUse in "http://hl7.org/fhir/contact-point-use" {
        /// At home.
        Home = "home",
        /// At work.
        Work = "work",
        /// A temporary one.
        Temp = "temp",
        /// No longer in use.
        Old = "old",
        /// Carried along.
        Mobile = "mobile",
    }
}

element! {
    /// Telephone, e-mail and the like.
    pub struct ContactPoint as "ContactPoint" {
        /// The means.
        system: Field<ContactPointSystem> => FieldSpec::new("system", "Means");
        /// The number or address.
        value: Field<Text> => FieldSpec::new("value", "Number or address");
        /// What it is used for.
        use_: Field<ContactPointUse> => FieldSpec::new("use", "Use").uscdi(&[67]);
        /// Which one to try first.
        rank: Field<i64> => FieldSpec::new("rank", "Rank");
        /// Whether it is a Direct address, for secure messages between practices.
        direct: Field<bool> => FieldSpec::new("direct", "Direct address")
            .extension("http://hl7.org/fhir/us/core/StructureDefinition/us-core-direct");
        /// When it was in use.
        period: Field<Period> => FieldSpec::new("period", "In use");
    }
}

element! {
    /// A document or image, or where it lies.
    pub struct Attachment as "Attachment" {
        /// The media type.
        content_type: Field<Text> => FieldSpec::new("contentType", "Media type");
        /// The language.
        language: Field<Text> => FieldSpec::new("language", "Language");
        /// The bytes.
        data: Field<Bytes> => FieldSpec::new("data", "Content").critical();
        /// Where the bytes lie.
        url: Field<Text> => FieldSpec::new("url", "Location");
        /// How many bytes.
        size: Field<i64> => FieldSpec::new("size", "Size in bytes");
        /// The title.
        title: Field<Text> => FieldSpec::new("title", "Title");
        /// When it was made.
        creation: Field<PartialDate> => FieldSpec::new("creation", "Created");
        /// How many pages there are, where its format has pages.
        pages: Field<i64> => FieldSpec::new("pages", "Pages")
            .extension("urn:ehr-model:attachment-pages");
        /// The SHA-256 of the bytes in hexadecimal digits, to find the same file again.
        sha_256: Field<Text> => FieldSpec::new("sha256", "SHA-256")
            .extension("urn:ehr-model:attachment-sha-256");
    }
}

element! {
    /// A note by somebody.
    pub struct Annotation as "Annotation" {
        /// Who wrote it.
        author_string: Field<Text> => FieldSpec::new("authorString", "Author");
        /// Who wrote it, as a record.
        author_reference: Field<Box<Reference>> => FieldSpec::new("authorReference", "Author (record)");
        /// When.
        time: Field<PartialDate> => FieldSpec::new("time", "Time");
        /// What.
        text: Field<Text> => FieldSpec::new("text", "Text");
    }
}

/// Bytes of a document; `Debug` shows only their number.
#[derive(Clone, PartialEq, Eq, Default, Hash)]
pub struct Bytes(Vec<u8>);

impl Bytes {
    /// Shows the bytes. Every call is a place to review.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bytes({})", self.0.len())
    }
}

impl Value for Bytes {
    const TYPE: ValueType = ValueType::Leaf(LeafType::Bytes);
    const FHIR: &'static str = "Base64Binary";
    const PRIMITIVE: bool = true;

    fn as_leaf(&self) -> Option<Leaf<'_>> {
        Some(Leaf::Bytes(Cow::Borrowed(&self.0)))
    }

    fn from_leaf(leaf: Leaf<'_>) -> Result<Self, LeafError> {
        match leaf {
            Leaf::Bytes(bytes) => Ok(Self(bytes.into_owned())),
            _ => Err(LeafError::WrongType("bytes")),
        }
    }

    fn write(&self, out: &mut JsonWriter<'_>) {
        out.base64(&self.0);
    }
}
