/// What is probed and promised: paths, relays, mailboxes, and when a canary is due.
@NullMarked
package io.mailcanary.path;

import org.jspecify.annotations.NullMarked;
