/// What DNS records mean for mail: answers, what each kind of receiver makes of them, findings,
/// snapshots and how they differ. Pure.
@NullMarked
package io.mailcanary.dns;

import org.jspecify.annotations.NullMarked;
