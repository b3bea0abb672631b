package io.mailcanary.verdict;

import io.mailcanary.canary.Cause;

/// What a refusal means.
///
/// @param reason a sentence: why we think so
/// @param advice a sentence: what to do
public record ReplyVerdict(Cause cause, Persistence persistence, String reason, String advice) {}
