//! Who may read and do what, of whose: measured for every member of the schema and every route, and held against the table
//! in docs/authorisation.md, which people read. A member that is new, or that somebody else may read by now, is a
//! difference: look whether it is meant, and write the page anew with
//! `WRITE_AUTHORISATION=1 tests/with-postgres cargo test --test service authorisation`.

mod acting;
mod ended;
mod ground;
mod listening;
mod page;
mod reading;
mod routes;

use ground::Ground;

use crate::service::support::World;

on_both_databases! { the_page_says_what_was_measured }

const PAGE: &str = "docs/authorisation.md";

async fn the_page_says_what_was_measured(world: World) {
    let mut ground = Ground::settle(world).await;
    let mut read = reading::measure(&mut ground).await;
    listening::measure(&ground, &mut read).await;
    let routes = routes::measure(&ground).await;
    // The last: it changes what is there.
    let done = acting::measure(&ground).await;
    let measured = page::print(&read, &done, &routes);
    ground.clear().await;
    if std::env::var_os("WRITE_AUTHORISATION").is_some() {
        std::fs::write(PAGE, &measured).expect("a page");
    }
    let page = std::fs::read_to_string(PAGE).expect("a page");
    if let Some((line, (was, is))) =
        page.lines().zip(measured.lines()).enumerate().find(|(_, (was, is))| was != is)
    {
        panic!("line {} of {PAGE} says\n{was}\nand it is\n{is}", line + 1);
    }
    assert_eq!(page, measured, "{PAGE} is shorter or longer than what was measured");
}
