"""More connections than the service takes. Each new client is served nevertheless.

All clients are on this machine, so they have no limit of their own. A test of the API has a client
that has one.
"""
# serve: --max-connections 500

import time

from attack import Promises, Server, close

LIMIT = 500
FLOOD = 2000

server = Server()
promises = Promises()

connections = []
answers = []
used = server.processor()
for number in range(FLOOD):
    try:
        connections.append(server.connect(b""))
    except OSError:
        pass  # It was refused, which is what the service may do.
    if number % 250 == 249:
        answers.append(server.get("/health/ready"))
used = server.processor() - used
slowest = max(seconds for _, seconds in answers)
served = sum(status == 200 for status, _ in answers)
promises.check(
    f"new clients are served among {FLOOD} unused connections",
    f"{served} of {len(answers)}, the slowest in {slowest:.3f} s, {used:.1f} s of processor time",
    served == len(answers),
)
held = server.descriptors()
is_flooded = LIMIT * 0.8 < held <= LIMIT + 128
promises.check(f"there are at most {LIMIT} connections", f"{held} descriptors", is_flooded)

used = server.processor()
time.sleep(1)
used = server.processor() - used
promises.check("the service is idle meanwhile", f"{used:.2f} s of processor time", used < 0.5)
close(connections)
promises.exit()
