package io.mailcanary.tls;

import io.mailcanary.path.Tls;
import io.mailcanary.transport.MailPort;
import java.time.Duration;
import java.util.Optional;

/// A mail port and how it is looked at.
///
/// @param tls whom we believe there
/// @param helo the name that we greet with; empty: our address
/// @param bindAddress the local address, a literal
/// @param connectTimeout for one address
/// @param replyTimeout for each answer
public record PortTarget(
    MailPort port,
    Tls tls,
    Optional<String> helo,
    Optional<String> bindAddress,
    Duration connectTimeout,
    Duration replyTimeout) {}
