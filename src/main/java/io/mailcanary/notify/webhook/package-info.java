/// Our own body, signed, to any address.
@NullMarked
package io.mailcanary.notify.webhook;

import org.jspecify.annotations.NullMarked;
