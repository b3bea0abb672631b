/// Hands notifications to those who wake people, a sub-package a channel.
@NullMarked
package io.mailcanary.notify;

import org.jspecify.annotations.NullMarked;
