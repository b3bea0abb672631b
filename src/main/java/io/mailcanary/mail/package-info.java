/// The vocabulary of mail and its parsers, text to type. Total over hostile input, free of clock
/// and I/O.
@NullMarked
package io.mailcanary.mail;

import org.jspecify.annotations.NullMarked;
