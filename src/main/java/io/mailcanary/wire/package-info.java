/// What the SMTP and the IMAP speakers share: bounded sockets, trust, local binding, certificates
/// of our own.
@NullMarked
package io.mailcanary.wire;

import org.jspecify.annotations.NullMarked;
