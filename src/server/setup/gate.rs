//! Who may go through the setup: a one-time code from the terminal first, and then a state that comes back from GitHub.

use jiff::{SignedDuration, Timestamp};
use subtle::ConstantTimeEq;

use crate::server::settings::{SettingError, wrong};

/// How long a code is good.
const CODE_LASTS: SignedDuration = SignedDuration::from_mins(15);
/// How long the form on GitHub may take.
const STATE_LASTS: SignedDuration = SignedDuration::from_mins(30);
/// Wrong tries until a code is void.
const TRIES: u32 = 5;
/// Codes that a process gives out: a guesser gets so many times as many tries, at fifty bits.
const CODES: u32 = 10;
/// States that may be open at once.
const STATES: usize = 8;
/// Without letters that look alike. There are 32.
const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// What became of a code that someone typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Typed {
    /// It is the one; it will not be again.
    Right,
    /// It is not, and may be tried again.
    Wrong,
    /// It was too late, or one try too many: there is a new one, if any.
    Void,
}

/// The code in force and the states that are open.
pub(super) struct Gate {
    code: Option<[u8; 10]>,
    until: Timestamp,
    tries: u32,
    given_out: u32,
    states: Vec<(String, Timestamp)>,
}

impl Gate {
    pub(super) fn new(now: Timestamp) -> Result<Self, SettingError> {
        let mut gate = Self { code: None, until: now, tries: 0, given_out: 0, states: Vec::new() };
        gate.renew(now)?;
        Ok(gate)
    }

    /// What the terminal says.
    pub(super) fn invitation(&self) -> String {
        match &self.code {
            Some(code) => {
                let code = String::from_utf8_lossy(code);
                format!("The one-time code is {}-{}, for 15 minutes.", &code[..5], &code[5..])
            }
            None => "Too many codes were asked for. Start gainsay serve again to go on.".into(),
        }
    }

    fn renew(&mut self, now: Timestamp) -> Result<(), SettingError> {
        self.code = None;
        if self.given_out < CODES {
            let random: [u8; 10] = random()?;
            self.code = Some(random.map(|byte| ALPHABET[usize::from(byte % 32)]));
            (self.until, self.tries) = (now + CODE_LASTS, 0);
            self.given_out += 1;
        }
        Ok(())
    }

    /// Takes what someone typed. Unless it may be tried again there is another code afterwards.
    pub(super) fn enter(&mut self, typed: &str, now: Timestamp) -> Result<Typed, SettingError> {
        let Some(code) = self.code else { return Ok(Typed::Void) };
        if now >= self.until {
            self.renew(now)?;
            return Ok(Typed::Void);
        }
        let kept = typed.bytes().filter(|b| !b.is_ascii_whitespace() && *b != b'-').take(20);
        let typed: Vec<u8> = kept.map(|b| b.to_ascii_uppercase()).collect();
        if bool::from(code[..].ct_eq(&typed)) {
            self.renew(now)?;
            return Ok(Typed::Right);
        }
        self.tries += 1;
        if self.tries < TRIES {
            return Ok(Typed::Wrong);
        }
        self.renew(now)?;
        Ok(Typed::Void)
    }

    /// A state for GitHub to bring back.
    pub(super) fn open(&mut self, now: Timestamp) -> Result<String, SettingError> {
        self.states.retain(|(_, until)| now < *until);
        if self.states.len() >= STATES {
            self.states.remove(0);
        }
        let random: [u8; 32] = random()?;
        let state = hex::encode(random);
        self.states.push((state.clone(), now + STATE_LASTS));
        Ok(state)
    }

    /// Whether a state is one of ours. It is good once.
    pub(super) fn close(&mut self, state: &str, now: Timestamp) -> bool {
        self.states.retain(|(_, until)| now < *until);
        let before = self.states.len();
        self.states.retain(|(own, _)| !bool::from(own.as_bytes().ct_eq(state.as_bytes())));
        self.states.len() < before
    }
}

fn random<const N: usize>() -> Result<[u8; N], SettingError> {
    let mut bytes = [0; N];
    match getrandom::fill(&mut bytes) {
        Ok(()) => Ok(bytes),
        Err(_) => wrong("the system gives no random numbers, so the setup can't be kept from strangers"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn code(gate: &Gate) -> String {
        gate.invitation().split(' ').nth(4).unwrap().trim_end_matches(',').to_owned()
    }

    #[test]
    fn a_code_opens_once_however_it_is_spelled() {
        let mut gate = Gate::new(at(0)).unwrap();
        let code = code(&gate);
        assert_eq!(code.len(), 11);
        assert_eq!(
            gate.enter(&format!(" {} ", code.to_lowercase().replace('-', " ")), at(1)),
            Ok(Typed::Right)
        );
        assert_eq!(gate.enter(&code, at(2)), Ok(Typed::Wrong));
    }

    #[test]
    fn a_code_expires_and_stands_few_wrong_tries() {
        let mut gate = Gate::new(at(0)).unwrap();
        let first = code(&gate);
        assert_eq!(gate.enter(&first, at(15 * 60)), Ok(Typed::Void));
        let second = code(&gate);
        for _ in 1..TRIES {
            assert_eq!(gate.enter("AAAAA-AAAAA", at(1_000)), Ok(Typed::Wrong));
        }
        assert_eq!(gate.enter("", at(1_000)), Ok(Typed::Void));
        assert_eq!(gate.enter(&second, at(1_000)), Ok(Typed::Wrong), "it is void");
    }

    #[test]
    fn codes_run_out() {
        let mut gate = Gate::new(at(0)).unwrap();
        for _ in 0..CODES * TRIES {
            gate.enter("wrong", at(1)).unwrap();
        }
        assert!(gate.invitation().contains("Start gainsay serve again"));
        assert_eq!(gate.enter("", at(1)), Ok(Typed::Void));
    }

    #[test]
    fn a_state_is_good_once_and_not_for_ever() {
        let mut gate = Gate::new(at(0)).unwrap();
        let state = gate.open(at(0)).unwrap();
        assert!(!gate.close("", at(1)) && !gate.close(&state[..63], at(1)));
        assert!(gate.close(&state, at(1)) && !gate.close(&state, at(1)));
        let late = gate.open(at(0)).unwrap();
        assert!(!gate.close(&late, at(30 * 60)));
    }
}
