package io.mailcanary.path;

import java.nio.file.Path;

/// What a server of ours shows: files, so that a renewed certificate is taken up.
///
/// @param chain PEM certificates, the server's own first
/// @param key its private key, PEM
public record ServerCertificate(Path chain, Path key) {}
