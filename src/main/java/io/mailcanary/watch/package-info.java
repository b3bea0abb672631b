/// Watches DNS, TLS and queues and makes findings and changes of what it sees.
@NullMarked
package io.mailcanary.watch;

import org.jspecify.annotations.NullMarked;
