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

static const unsigned char shared_rules[] = {
#embed "../../Prompts/shared/rules.md"
};
static const unsigned char coordinator_plan[] = {
#embed "../../Prompts/coordinator/plan.md"
};
static const unsigned char coordinator_reflect[] = {
#embed "../../Prompts/coordinator/reflect.md"
};
static const unsigned char nlp_plan[] = {
#embed "../../Prompts/nlp/plan.md"
};

static const struct operon_asset agents[] = {
    ASSET(coordinator, "Agents/coordinator.md"),
    ASSET(nlp, "Agents/nlp.md"),
    ASSET(data, "Agents/data.md"),
    ASSET(viz, "Agents/viz.md"),
};

size_t operon_agent_count(void) { return sizeof agents / sizeof agents[0]; }
struct operon_asset operon_agent(size_t index) { return agents[index]; }

static const struct operon_asset prompts[] = {
    ASSET(shared_rules, "Prompts/shared/rules.md"),
    ASSET(coordinator_plan, "Prompts/coordinator/plan.md"),
    ASSET(coordinator_reflect, "Prompts/coordinator/reflect.md"),
    ASSET(nlp_plan, "Prompts/nlp/plan.md"),
};

size_t operon_prompt_count(void) { return sizeof prompts / sizeof prompts[0]; }
struct operon_asset operon_prompt(size_t index) { return prompts[index]; }

static const unsigned char models[] = {
#embed "../../Models/models.yaml"
};

struct operon_asset operon_models(void) { return (struct operon_asset)ASSET(models, "Models/models.yaml"); }
