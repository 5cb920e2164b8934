//! Files: in memory while they are short, then on disk.

use super::*;

fn content(body: &[u8], chunk: usize) -> Content {
    let scene = scene();
    let reply = scene.send(multipart(), Chunks::cut(body, chunk));
    assert_eq!(reply.status, 200);
    scene.seen().unwrap().form.unwrap().files.remove(0).content
}

fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|place| (place % 251) as u8).collect()
}

#[test]
fn a_file_of_64_kib_stays_in_memory_and_a_longer_one_goes_to_disk() {
    for chunk in [1_000, 16_384, 1_000_000] {
        let short = content(&whole(&[file("f", "x", &bytes(65_536))]), chunk);
        assert!(matches!(short, Content::Memory(memory) if memory == bytes(65_536)));
        let long = content(&whole(&[file("f", "x", &bytes(65_537))]), chunk);
        assert!(matches!(long, Content::Disk(_)));
    }
}

#[test]
fn a_file_on_disk_is_what_was_sent_and_stands_at_its_start() {
    for length in [65_537, 131_072, 400_001] {
        for chunk in [7, 4_096, 70_000, 1_000_000] {
            let form = outcome(
                &scene(),
                multipart(),
                Chunks::cut(&whole(&[file("f", "x", &bytes(length))]), chunk),
            )
            .unwrap();
            assert!(
                form.1[0].3 == bytes(length),
                "{length} in chunks of {chunk}"
            );
        }
    }
}

#[test]
fn a_file_on_disk_has_no_name() {
    let Content::Disk(disk) = content(&whole(&[file("f", "x", &bytes(100_000))]), 10_000) else {
        panic!("expected a file on disk");
    };
    assert_eq!(
        std::os::unix::fs::MetadataExt::nlink(&disk.metadata().unwrap()),
        0
    );
}

#[test]
fn several_files_and_fields_keep_their_order() {
    let long = bytes(90_000);
    let body = whole(&[
        file("f", "1", &long),
        field("a", b"1"),
        file("g", "2", b"short"),
        file("f", "3", &long),
        field("a", b"2"),
    ]);
    let (fields, files) = outcome(&scene(), multipart(), Chunks::cut(&body, 5_000)).unwrap();
    assert_eq!(fields, [pair("a", "1"), pair("a", "2")]);
    let names: Vec<_> = files
        .iter()
        .map(|file| (file.0.as_str(), file.1.as_str(), file.3.len()))
        .collect();
    assert_eq!(
        names,
        [("f", "1", 90_000), ("g", "2", 5), ("f", "3", 90_000)]
    );
    assert_eq!(files[0].2.as_deref(), Some("text/plain"));
}
