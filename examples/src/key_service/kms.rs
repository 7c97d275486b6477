//! AWS KMS: `Encrypt`, `Decrypt`, `CreateKey` and `ScheduleKeyDeletion` of its JSON protocol, signed with SigV4.
//!
//! A policy that lets a program open and nothing else allows `kms:Decrypt` on the key's ARN. The encryption context, which
//! holds the archive's id and the role of the wrapped key, stands in CloudTrail.

use std::time::SystemTime;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use chrono::{DateTime, Utc};
use ehr_crypto::DataKey;
use ehr_crypto::epoch::DestructionMethod;
use ehr_crypto::slot::{KeyServiceError, KeyWrapper};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::data_key::{self, not_understood};
use super::epochs::{EpochKeyService, forward_key_wrapper};
use super::http::Http;
use super::sigv4::{self, Credentials, ToSign};

const SERVICE: &str = "aws-kms";
/// The name of the one pair in the encryption context.
const CONTEXT_NAME: &str = "ehr-crypto";
/// The shortest wait that KMS allows.
const PENDING_DAYS: u32 = 7;

/// One symmetric key of AWS KMS.
pub struct AwsKms {
    http: Http,
    region: String,
    credentials: Credentials,
    key: String,
}

impl AwsKms {
    /// The key with this ARN, id or alias, at the public address of its region.
    ///
    /// # Errors
    ///
    /// If the region gives no address.
    pub fn new(region: &str, credentials: Credentials, key: &str) -> Result<Self, KeyServiceError> {
        let address = format!("https://kms.{region}.amazonaws.com");
        Self::at(&address, region, credentials, key)
    }

    /// As [`new`](AwsKms::new), at another address: a VPC endpoint, a FIPS endpoint, a stub.
    ///
    /// # Errors
    ///
    /// If the address is neither HTTPS nor this machine.
    pub fn at(
        address: &str,
        region: &str,
        credentials: Credentials,
        key: &str,
    ) -> Result<Self, KeyServiceError> {
        Ok(AwsKms {
            http: Http::new(address)?,
            region: region.to_owned(),
            credentials,
            key: key.to_owned(),
        })
    }

    fn call(&self, action: &str, body: &Value) -> Result<Value, KeyServiceError> {
        const CONTENT_TYPE: &str = "application/x-amz-json-1.1";
        let body = Zeroizing::new(body.to_string().into_bytes());
        let time = DateTime::<Utc>::from(SystemTime::now());
        let (date, target) = (sigv4::amz_date(time), format!("TrentService.{action}"));
        let mut headers = vec![
            ("content-type", CONTENT_TYPE),
            ("host", self.http.host()),
            ("x-amz-date", &date),
        ];
        if let Some(token) = &self.credentials.session_token {
            headers.push(("x-amz-security-token", token));
        }
        headers.push(("x-amz-target", &target));
        let request = ToSign {
            region: &self.region,
            service: "kms",
            time,
            headers: headers.clone(),
            body: &body,
        };
        let authorization = sigv4::authorization(&self.credentials, &request);
        headers.push(("authorization", &authorization));
        let answer = self.http.send("POST", "/", &headers, &body)?;
        granted(answer.status, answer.json)
    }
}

forward_key_wrapper!(AwsKms);

/// Each epoch has a KMS key of its own; KMS deletes it after a week in which that can be cancelled.
impl EpochKeyService for AwsKms {
    fn create_key(&self, epoch: u32) -> Result<String, KeyServiceError> {
        let body = json!({
            "Description": format!("key of epoch {epoch}; its deletion erases data on purpose"),
            "KeySpec": "SYMMETRIC_DEFAULT",
            "KeyUsage": "ENCRYPT_DECRYPT",
        });
        let answer = self.call("CreateKey", &body)?;
        let id = answer["KeyMetadata"]["Arn"].as_str();
        id.map(str::to_owned).ok_or(not_understood("no ARN"))
    }

    fn wrap(&self, id: &str, key: &DataKey, context: &[u8]) -> Result<String, KeyServiceError> {
        let body = json!({
            "KeyId": id,
            "Plaintext": data_key::encode(key),
            "EncryptionContext": encryption_context(context),
        });
        let answer = self.call("Encrypt", &body)?;
        let wrapped = answer["CiphertextBlob"].as_str();
        wrapped
            .map(str::to_owned)
            .ok_or(not_understood("no ciphertext"))
    }

    fn unwrap(&self, id: &str, wrapped: &str, context: &[u8]) -> Result<DataKey, KeyServiceError> {
        // With the key named, KMS does not take whichever key the ciphertext asks for.
        let body = json!({
            "KeyId": id,
            "CiphertextBlob": wrapped,
            "EncryptionContext": encryption_context(context),
        });
        let answer = self.call("Decrypt", &body)?;
        data_key::decode(&answer["Plaintext"])
    }

    fn destroy_key(&self, id: &str) -> Result<DestructionMethod, KeyServiceError> {
        let body = json!({"KeyId": id, "PendingWindowInDays": PENDING_DAYS});
        let seconds = match self.call("ScheduleKeyDeletion", &body) {
            Ok(answer) => answer["DeletionDate"].as_f64(),
            // waiting for it already, or gone: the description says which
            Err(KeyServiceError::KeyUnavailable { .. }) => {
                let answer = self.call("DescribeKey", &json!({"KeyId": id}))?;
                answer["KeyMetadata"]["DeletionDate"].as_f64()
            }
            Err(error) => return Err(error),
        };
        let time = seconds.and_then(|seconds| DateTime::from_timestamp(seconds as i64, 0));
        let time = time.ok_or(not_understood("no date of deletion"))?;
        Ok(DestructionMethod::ServiceKeyScheduled {
            service: SERVICE.to_owned(),
            key: id.to_owned(),
            effective: time.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        })
    }
}

/// KMS takes pairs of text.
fn encryption_context(context: &[u8]) -> Value {
    json!({CONTEXT_NAME: BASE64_STANDARD.encode(context)})
}

/// The answer, or what its error code means.
fn granted(status: u16, json: Value) -> Result<Value, KeyServiceError> {
    if status == 200 {
        return Ok(json);
    }
    let code = json["__type"].as_str().unwrap_or_default();
    Err(match code.rsplit('#').next().unwrap_or_default() {
        "InvalidCiphertextException" | "IncorrectKeyException" => KeyServiceError::NotWrappedHere,
        "AccessDeniedException"
        | "UnrecognizedClientException"
        | "InvalidSignatureException"
        | "ExpiredTokenException"
        | "IncompleteSignature" => KeyServiceError::AccessDenied { status },
        "NotFoundException"
        | "DisabledException"
        | "KMSInvalidStateException"
        | "InvalidKeyUsageException" => KeyServiceError::KeyUnavailable { status },
        "ThrottlingException" | "KeyUnavailableException" | "DependencyTimeoutException" => {
            KeyServiceError::Busy { status }
        }
        _ if status >= 500 || status == 429 => KeyServiceError::Busy { status },
        _ => KeyServiceError::Answer {
            status,
            what: "an error code that is not known here",
        },
    })
}
