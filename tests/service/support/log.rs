//! What the service logs, kept to be looked through.

use std::io::Write;
use std::sync::{Arc, Mutex};

use tracing::Dispatch;
use tracing::subscriber::{DefaultGuard, NoSubscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// All that was logged.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

/// Keeps what is logged as long as it is held.
pub struct Logging {
    _another: Dispatch,
    _this: DefaultGuard,
}

impl Log {
    /// Keeps everything that is logged from here on, by this thread: a test that asks for it has one thread only.
    pub fn record() -> (Self, Logging) {
        let log = Self::default();
        let subscriber = tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::new("debug,nominations=trace"))
            .with_ansi(false)
            .with_writer(log.clone())
            .finish();
        // Where there is one subscriber, whoever reaches a line first asks it through its own thread, which has none in
        // other tests, and the line stays silent for good. Where there are two, all are asked.
        let another = Dispatch::new(NoSubscriber::default());
        let this = tracing::subscriber::set_default(subscriber);
        (log, Logging { _another: another, _this: this })
    }

    /// What was logged since it was last taken.
    pub fn take(&self) -> String {
        let bytes = std::mem::take(&mut *self.0.lock().expect("nobody panicked"));
        String::from_utf8(bytes).expect("a text")
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("nobody panicked").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for Log {
    type Writer = Self;

    fn make_writer(&'w self) -> Self {
        self.clone()
    }
}
