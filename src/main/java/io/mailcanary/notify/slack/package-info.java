/// Incoming webhooks as Slack has them.
@NullMarked
package io.mailcanary.notify.slack;

import org.jspecify.annotations.NullMarked;
