//! AWS Signature Version 4 for a POST of JSON.

use chrono::{DateTime, Utc};
use ehr_crypto::{Digest, DigestAlgorithm};
use zeroize::Zeroizing;

/// Who calls. The secret and the session token are wiped on drop.
pub struct Credentials {
    /// Access key id; stands in every request.
    pub access_key_id: String,
    /// Secret access key; signs and is never sent.
    pub secret_access_key: Zeroizing<String>,
    /// Token of temporary credentials, as roles have them.
    pub session_token: Option<Zeroizing<String>>,
}

/// What is signed beside the body: headers in lower case, sorted by name.
pub(super) struct ToSign<'a> {
    pub(super) region: &'a str,
    pub(super) service: &'a str,
    pub(super) time: DateTime<Utc>,
    pub(super) headers: Vec<(&'a str, &'a str)>,
    pub(super) body: &'a [u8],
}

/// The form of a time in the header `x-amz-date`.
pub(super) fn amz_date(time: DateTime<Utc>) -> String {
    time.format("%Y%m%dT%H%M%SZ").to_string()
}

/// The value of the header `Authorization` for a POST to `/`.
pub(super) fn authorization(credentials: &Credentials, request: &ToSign<'_>) -> String {
    let signed: Vec<&str> = request.headers.iter().map(|(name, _)| *name).collect();
    let signed = signed.join(";");
    let mut canonical = "POST\n/\n\n".to_owned();
    for (name, value) in &request.headers {
        canonical.push_str(&format!("{name}:{}\n", value.trim()));
    }
    canonical.push_str(&format!("\n{signed}\n{}", Digest::sha256(request.body)));

    let day = request.time.format("%Y%m%d").to_string();
    let scope = format!("{day}/{}/{}/aws4_request", request.region, request.service);
    let to_sign = format!(
        "AWS4-HMAC-SHA256\n{}\n{scope}\n{}",
        amz_date(request.time),
        Digest::sha256(canonical.as_bytes())
    );

    let secret = Zeroizing::new(format!("AWS4{}", credentials.secret_access_key.as_str()));
    let mut key = hmac(secret.as_bytes(), &day);
    for part in [request.region, request.service, "aws4_request"] {
        key = hmac(key.as_bytes(), part);
    }
    format!(
        "AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={signed}, Signature={}",
        credentials.access_key_id,
        hmac(key.as_bytes(), &to_sign)
    )
}

fn hmac(key: &[u8], text: &str) -> Digest {
    Digest::hmac(DigestAlgorithm::Sha256, key, &[text.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The signature that botocore 1.44.5 computes for the same request.
    #[test]
    fn signs_as_botocore_does() {
        let credentials = Credentials {
            access_key_id: "AKIDEXAMPLE".to_owned(),
            secret_access_key: Zeroizing::new(
                "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_owned(),
            ),
            session_token: Some(Zeroizing::new("a/session+token=".to_owned())),
        };
        let time = DateTime::from_timestamp(1_440_938_160, 0).unwrap();
        let request = ToSign {
            region: "us-east-1",
            service: "kms",
            time,
            headers: vec![
                ("content-type", "application/x-amz-json-1.1"),
                ("host", "kms.us-east-1.amazonaws.com"),
                ("x-amz-date", "20150830T123600Z"),
                ("x-amz-security-token", "a/session+token="),
                ("x-amz-target", "TrentService.Encrypt"),
            ],
            body: br#"{"KeyId":"alias/ehr","Plaintext":"AAECAw=="}"#,
        };
        assert_eq!(amz_date(time), "20150830T123600Z");
        assert_eq!(
            authorization(&credentials, &request),
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/kms/aws4_request, \
             SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, \
             Signature=a7d2ce5c42faef2c7631d304ab650e5c41a07551d24a9c2bac1fdd171aa806f4"
        );
    }
}
