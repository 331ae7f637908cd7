//! Another origin: a server of one static page on a port of its own, as a body's frontend has. It serves as long as the
//! tests run.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::OnceLock;
use std::thread;

/// The page, whatever its address: the script of a real one goes on with what stands behind the question mark.
const PAGE: &str =
    "<!doctype html><html lang=\"en-NZ\"><title>Desk</title><main id=\"desk\"></main></html>\n";

/// A server of pages.
pub struct Pages {
    pub origin: String,
}

/// The one that all tests share; providers know its address.
pub fn pages() -> &'static Pages {
    static STARTED: OnceLock<Pages> = OnceLock::new();
    STARTED.get_or_init(|| {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        thread::spawn(move || listener.incoming().flatten().for_each(|connection| drop(serve(connection))));
        Pages { origin }
    })
}

fn serve(mut connection: TcpStream) -> std::io::Result<()> {
    let request = BufReader::new(connection.try_clone()?).lines();
    for line in request {
        if line?.is_empty() {
            break;
        }
    }
    let length = PAGE.len();
    write!(
        connection,
        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{PAGE}"
    )
}
