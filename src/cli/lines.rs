//! The lines of a file, as editors count them.

/// Counts lines of a file from its beginning on.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct LineCount {
    /// How far lines are counted: bytes, and lines that end in them.
    counted: (usize, usize),
}

impl LineCount {
    /// The line, from 1, of what begins behind `byte` and whatever ends lines there. It is asked in the order of the file.
    pub(super) fn line_of(&mut self, file: &[u8], byte: u64) -> usize {
        let byte = usize::try_from(byte).unwrap_or(file.len()).min(file.len());
        let skipped = file[byte..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let (from, ended) = self.counted;
        let passed = &file[from.min(byte + skipped)..byte + skipped];
        // A carriage return and a line feed end one line.
        let ends = passed.iter().enumerate().filter(|(at, end)| {
            **end == b'\n' || (**end == b'\r' && passed.get(at + 1).is_none_or(|next| *next != b'\n'))
        });
        self.counted = (byte + skipped, ended + ends.count());
        self.counted.1 + 1
    }
}
