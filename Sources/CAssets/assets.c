#include "CAssets.h"

#define ASSET(symbol, name) {name, symbol, sizeof symbol}

static const unsigned char coordinator[] = {
#embed "../../Agents/coordinator.md"
};
static const unsigned char nlp[] = {
#embed "../../Agents/nlp.md"
};
static const unsigned char data[] = {
#embed "../../Agents/data.md"
};
static const unsigned char viz[] = {
#embed "../../Agents/viz.md"
};

static const struct operon_asset agents[] = {
    ASSET(coordinator, "Agents/coordinator.md"),
    ASSET(nlp, "Agents/nlp.md"),
    ASSET(data, "Agents/data.md"),
    ASSET(viz, "Agents/viz.md"),
};

size_t operon_agent_count(void) { return sizeof agents / sizeof agents[0]; }
struct operon_asset operon_agent(size_t index) { return agents[index]; }
