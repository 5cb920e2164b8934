use super::{ChunkFault, Chunked};

fn whole(bytes: &[u8]) -> Result<(usize, bool), ChunkFault> {
    let mut body = Chunked::new();
    let taken = body.accept(bytes)?;
    Ok((taken, body.is_done()))
}

fn by_bytes(bytes: &[u8]) -> Result<(usize, bool), ChunkFault> {
    let mut body = Chunked::new();
    let mut taken = 0;
    for byte in bytes {
        taken += body.accept(&[*byte])?;
    }
    Ok((taken, body.is_done()))
}

#[test]
fn accepts_chunks_and_leaves_what_follows() {
    let bytes = b"5\r\nhello\r\n1;a=b\r\n!\r\n0\r\n\r\nGET / HTTP/1.1\r\n";
    let length = bytes.len() - b"GET / HTTP/1.1\r\n".len();
    assert_eq!(whole(bytes), Ok((length, true)));
    assert_eq!(by_bytes(bytes), Ok((length, true)));
}

#[test]
fn accepts_several_zeros_as_the_last_chunk_and_trailers() {
    let bytes = b"1\r\nx\r\n00\r\nX-Sum: 1\r\n\r\n";
    assert_eq!(whole(bytes), Ok((bytes.len(), true)));
    assert_eq!(by_bytes(bytes), Ok((bytes.len(), true)));
}

#[test]
fn waits_for_the_rest() {
    for end in 0..b"5\r\nhello\r\n0\r\n\r\n".len() {
        let part = &b"5\r\nhello\r\n0\r\n\r\n"[..end];
        assert_eq!(whole(part), Ok((end, false)), "{part:?}");
    }
}

#[test]
fn refuses_what_is_not_a_chunk() {
    for bytes in [
        &b"\r\n"[..],
        b"5\nhello",
        b"5;x\nhello",
        b"+5\r\nhello",
        b"0x5\r\nhello",
        b" 5\r\n",
        b"5 \r\n",
        b"5\r\nhelloX",
        b"5\r\nhello\n",
        b"ffffffffffffffff1\r\n",
        b"0\r\nX: \x01\r\n\r\n",
        b"0\r\n\n",
    ] {
        assert_eq!(whole(bytes), Err(ChunkFault::Malformed), "{bytes:?}");
        assert_eq!(by_bytes(bytes), Err(ChunkFault::Malformed), "{bytes:?}");
    }
}

#[test]
fn bounds_extensions_and_trailers() {
    let long = [b"1;".to_vec(), vec![b'a'; 257]].concat();
    assert_eq!(whole(&long), Err(ChunkFault::Malformed));
    let trailers = [b"0\r\n".to_vec(), vec![b'a'; 8193]].concat();
    assert_eq!(whole(&trailers), Err(ChunkFault::TrailersTooLarge));
}
