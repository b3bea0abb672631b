/// From decision to channel: opens and closes incidents, and empties the outbox.
@NullMarked
package io.mailcanary.dispatch;

import org.jspecify.annotations.NullMarked;
