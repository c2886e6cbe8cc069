//! Codes of another program. `cargo xtask test` installs it.

use std::process::Command;

use souk_identity::{SEED_BYTES, TotpSeed, totp_step};

/// Code of a seed at a time, by the OATH Toolkit.
fn code(seed: &TotpSeed, seconds: i64) -> String {
    let output = Command::new("oathtool")
        .args(["--totp", "--base32", "--now", &format!("@{seconds}")])
        .arg(seed.base32())
        .output()
        .expect("oathtool has to be installed");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn codes_are_those_of_oathtool() {
    for number in 0_u8..20 {
        let seed = TotpSeed::new([number.wrapping_mul(37); SEED_BYTES]);
        let seconds = 1_700_000_000 + i64::from(number) * 7_654_321;
        let own = seed.code(totp_step(seconds * 1_000));
        assert_eq!(own, code(&seed, seconds), "{number} at {seconds}");
    }
}
