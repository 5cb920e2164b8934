//! The listening socket.

use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};

use socket2::{Domain, Protocol, Socket, Type};

/// A non-blocking listener on the first of the addresses that `host` resolves to that can be bound.
///
/// # Errors
/// When the name does not resolve or the address cannot be bound.
pub fn listen(host: &str, port: u16, backlog: i32) -> io::Result<TcpListener> {
    let mut refused = io::Error::new(
        io::ErrorKind::NotFound,
        format!("expected an address or a host name, given `{host}`, which resolves to nothing"),
    );
    for address in (host, port).to_socket_addrs()? {
        match bind(address, backlog) {
            Ok(listener) => return Ok(listener),
            Err(error) => refused = error,
        }
    }
    Err(refused)
}

fn bind(address: SocketAddr, backlog: i32) -> io::Result<TcpListener> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(backlog)?;
    Ok(socket.into())
}
