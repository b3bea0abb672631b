/// Hands canaries to relays by SMTP and LMTP and reports word for word what they answered.
@NullMarked
package io.mailcanary.submission;

import org.jspecify.annotations.NullMarked;
