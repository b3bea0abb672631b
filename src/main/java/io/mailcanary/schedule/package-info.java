/// When canaries are due, and which replica does what: Quartz by slots, membership, watchers.
@NullMarked
package io.mailcanary.schedule;

import org.jspecify.annotations.NullMarked;
