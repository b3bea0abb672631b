package io.mailcanary.watch;

import io.mailcanary.canary.Cause;

/// Mail that waits for one reason on its way to one destination.
///
/// @param destination the domain of the recipients
/// @param words the reason as one message gives it
/// @param messages how many wait for it
record QueueReason(Cause cause, String destination, String words, int messages) {}
