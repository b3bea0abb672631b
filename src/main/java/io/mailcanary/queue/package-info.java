/// What an MTA's own queue says.
@NullMarked
package io.mailcanary.queue;

import org.jspecify.annotations.NullMarked;
