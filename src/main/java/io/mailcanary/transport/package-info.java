/// What a mail port shows of its transport security, and what that means: certificates, versions,
/// cipher suites. Pure.
///
/// Not in `dns`, since a certificate is judged without any record (what records promise, DANE and
/// MTA-STS, is judged there, on what {@link io.mailcanary.tls} saw); not in `verdict`, which judges
/// paths.
@NullMarked
package io.mailcanary.transport;

import org.jspecify.annotations.NullMarked;
