/// What a mail server's TLS is like, seen as a client sees it.
@NullMarked
package io.mailcanary.tls;

import org.jspecify.annotations.NullMarked;
