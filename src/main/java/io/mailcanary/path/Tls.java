package io.mailcanary.path;

import java.nio.file.Path;
import java.util.Optional;

/// How a server proves who it is.
///
/// @param verify whether its chain and its name are checked; an opportunistic connection that fails
///   the check is a failed connection, too
/// @param caFile PEM certificates to trust instead of the system's
public record Tls(TlsMode mode, boolean verify, Optional<Path> caFile) {}
